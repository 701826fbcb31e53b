// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.remote;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A request to another's server, which is answered whole in time and within a size, or has failed. */
public final class RemoteCall {

    private RemoteCall() {}

    /**
     * The answer. {@link HttpRequest.Builder#timeout} ends with the head of an answer; this one holds for its body too.
     *
     * @throws HttpTimeoutException if it is not there in time
     * @throws IOException if it does not come, or is longer than so many bytes
     */
    public static HttpResponse<byte[]> send(HttpClient client, HttpRequest request, Duration timeout, int mostBytes)
            throws IOException {
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request, head -> new BoundedBody(mostBytes));
        try {
            return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            throw new HttpTimeoutException("nothing within " + timeout);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof HttpTimeoutException late) {
                throw late;
            }
            throw new IOException(String.valueOf(failed.getCause()), failed);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopping);
        } finally {
            answer.cancel(true);
        }
    }
}
