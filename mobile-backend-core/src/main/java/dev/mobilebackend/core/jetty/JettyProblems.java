// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.jetty;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.exchange.RequestId;
import dev.mobilebackend.core.observe.AccessLog;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemWriter;
import dev.mobilebackend.core.transport.TransportStep;
import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Jetty's own errors, such as a request line that it cannot parse, in the one shape:
 * {@code server.setErrorHandler(new JettyProblems())}.
 */
@SuppressWarnings("exports") // whoever makes one requires Jetty already
public final class JettyProblems extends ErrorHandler {

    /** It has no choices. */
    public JettyProblems() {}

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Problem problem = Problem.ofStatus(response.getStatus());
        String requestId = RequestId.next(Ambient.quickRandom());
        AccessLog.refusedByContainer(problem, requestId);
        response.setStatus(problem.status());
        TransportStep.loneFields(problem, requestId).forEach(response.getHeaders()::put);
        response.write(true, ByteBuffer.wrap(ProblemWriter.body(problem, requestId)), callback);
        return true;
    }
}
