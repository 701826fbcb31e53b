// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.app;

/** An application that a test class or a test has started, and what it runs on. */
record Started(TestEnvironment environment, RunningApp app) implements AutoCloseable {

    static Started start(BackendApp app, TestEnvironment environment) {
        try {
            return new Started(environment, app.start(environment));
        } catch (RuntimeException | Error failed) {
            environment.close();
            throw failed;
        } catch (Exception failed) {
            environment.close();
            throw new IllegalStateException("the application under test did not start", failed);
        }
    }

    @Override
    public void close() {
        try {
            app.close();
        } finally {
            environment.close();
        }
    }
}
