// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.javalin;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemWriter;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Jetty's own errors, such as a request line that it cannot parse, in the one shape. */
final class JettyProblems extends ErrorHandler {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = Math.max(400, response.getStatus());
        fields(response.getHeaders());
        response.write(true, ByteBuffer.wrap(body(status)), callback);
        return true;
    }

    private static void fields(HttpFields.Mutable fields) {
        fields.put(HttpHeader.CONTENT_TYPE, ProblemWriter.MEDIA_TYPE);
        fields.put(new HttpField("Cache-Control", "no-store"));
        fields.put(new HttpField("X-Content-Type-Options", "nosniff"));
    }

    private static byte[] body(int status) {
        return ProblemWriter.body(
                Problem.ofStatus(status),
                HexFormat.of().toHexDigits(Ambient.random().nextLong()));
    }
}
