// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import dev.mobilebackend.core.problem.Problem;
import java.net.URI;

/** What a limit says when it refuses: the problem types of draft-ietf-httpapi-ratelimit-headers-10. */
public enum Refusal {
    QUOTA_EXCEEDED(429, "quota-exceeded", "Too many requests; wait before the next one."),
    REDUCED_CAPACITY(503, "temporary-reduced-capacity", "The service can take fewer requests than usual right now."),
    ABNORMAL_USAGE(429, "abnormal-usage-detected", "Requests come in a way that looks like abuse.");

    private static final String TYPES = "https://iana.org/assignments/http-problem-types#";

    private final int status;
    private final String code;
    private final String title;

    Refusal(int status, String code, String title) {
        this.status = status;
        this.code = code;
        this.title = title;
    }

    /** The kind of problem; the limits that refused go with it as {@code violated-policies}. */
    public Problem problem() {
        return Problem.of(URI.create(TYPES + code), status, code, title);
    }
}
