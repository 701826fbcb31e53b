// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.fuzz;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An async start as a container keeps it. */
final class FakeAsync {

    private final List<AsyncListener> listeners = new ArrayList<>();
    private final AsyncContext context = (AsyncContext) Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {AsyncContext.class},
            (proxy, called, arguments) -> answer(called.getName(), arguments));
    private final Object[] with;
    private boolean completed;

    /** With request and response as the application wrapped them, or with neither. */
    FakeAsync(Object[] with) {
        this.with = with;
    }

    AsyncContext asServlet() {
        return context;
    }

    boolean isCompleted() {
        return completed;
    }

    private @Nullable Object answer(String question, Object[] about) {
        switch (question) {
            case "getRequest" -> {
                return with[0];
            }
            case "getResponse" -> {
                return with[1];
            }
            case "addListener" -> listeners.add((AsyncListener) about[0]);
            case "complete" -> complete();
            default -> throw new UnsupportedOperationException(question);
        }
        return null;
    }

    private void complete() {
        if (completed) {
            throw new IllegalStateException("completed twice");
        }
        completed = true;
        for (AsyncListener listener : listeners) {
            try {
                listener.onComplete(new AsyncEvent(context));
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
