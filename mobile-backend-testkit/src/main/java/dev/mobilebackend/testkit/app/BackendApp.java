// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.app;

/** How an application is started for a test: with a database, a clock and whatever else it asks its environment for. */
@FunctionalInterface
public interface BackendApp {

    /**
     * Starts the application.
     *
     * @param environment what it may use; the application closes none of it
     */
    RunningApp start(TestEnvironment environment) throws Exception;
}
