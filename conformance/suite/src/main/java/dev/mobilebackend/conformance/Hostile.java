// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

/** What an application must not see in an answer, and words by which a leak is known. */
final class Hostile {

    static final String SECRET = "password=hunter2 at com.example.Internal";

    /** None of these stands in an error that anybody reads. */
    static final String[] LEAKS = {
        "hunter2", "com.example", "java.", "Exception", "jakarta", "org.eclipse", "apache", "Apache", "jetty", "Jetty",
        "undertow", "Undertow", "spring", "Spring", "javalin", "Javalin", "Caused by", "<html", "<HTML", "timestamp"
    };

    private Hostile() {}
}
