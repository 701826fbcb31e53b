// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.app;

import io.javalin.Javalin;
import java.net.URI;

/** A Javalin on a loopback port. */
record JavalinApp(Javalin app) implements RunningApp {

    static JavalinApp start(Javalin app) {
        return new JavalinApp(app.start("127.0.0.1", 0));
    }

    @Override
    public URI uri() {
        return URI.create("http://127.0.0.1:" + app.port());
    }

    @Override
    public void close() {
        app.stop();
    }
}
