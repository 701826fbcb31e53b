// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance.springboot;

import dev.mobilebackend.core.edge.Edge;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;

/** Tomcat's own errors, such as a request line that it cannot parse, in the one shape. */
final class ProblemReport extends ErrorReportValve {

    @Override
    protected void report(Request request, Response response, Throwable failure) {
        if (response.getStatus() < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        try {
            Edge.refuse(response, response.getStatus());
            response.finishResponse();
        } catch (IOException gone) {
            container.getLogger().debug("the client went away", gone);
        }
    }
}
