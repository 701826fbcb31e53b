// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.tomcat;

import dev.mobilebackend.core.edge.Edge;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tomcat's own errors, such as a request line that it cannot parse, in the one shape:
 * {@code host.setErrorReportValveClass(TomcatProblems.class.getName())}.
 */
@SuppressWarnings("exports") // whoever makes one requires Tomcat already
public final class TomcatProblems extends ErrorReportValve {

    private static final Logger LOG = LoggerFactory.getLogger(TomcatProblems.class);

    /** It has no choices. */
    public TomcatProblems() {}

    @Override
    protected void report(Request request, Response response, @Nullable Throwable failure) {
        if (response.getStatus() < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        try {
            Edge.refuse(response, response.getStatus());
            response.finishResponse();
        } catch (IOException gone) {
            LOG.debug("the client went away before it was told {}", response.getStatus(), gone);
        }
    }
}
