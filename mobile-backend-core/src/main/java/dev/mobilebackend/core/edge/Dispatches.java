// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.exchange.RequestFacts;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.route.RouteMatch;
import jakarta.servlet.FilterChain;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a container dispatches to the edge: a request, its return after an async start, a forward, and pages of the
 * container's own, which become problems. Each leaves one finished answer behind, or an async start.
 */
final class Dispatches {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatches.class);

    private final Door door;
    private final Steps steps;

    Dispatches(Door door, Steps steps) {
        this.door = door;
        this.steps = steps;
    }

    void enter(HttpServletRequest request, HttpServletResponse response, FilterChain chain) throws IOException {
        HttpServletRequest came;
        RequestFacts facts;
        RouteMatch match;
        try {
            came = door.behindProxies(request);
            facts = door.read(came);
            match = steps.match(came, facts);
        } catch (RuntimeException unreadable) {
            String requestId = door.newRequestId();
            LOG.error("request {} could not be read", requestId, unreadable);
            response.setHeader("X-Request-Id", requestId);
            EdgeResponse.write(response, request, Problem.INTERNAL_ERROR, steps.texts(), requestId);
            return;
        }
        var passage = new Passage(steps);
        var answer = new EdgeResponse(response, passage);
        var asked = new EdgeRequest(came, answer, facts, steps.digest(match));
        try {
            if (steps.admit(passage, match)) {
                answer.admitted();
                chain.doFilter(asked, answer);
            }
        } catch (Throwable failure) {
            asked.fail(failure);
        }
        settle(asked);
    }

    /** A request comes round again after {@code AsyncContext.dispatch}: it was admitted the first time. */
    void resume(HttpServletRequest request, HttpServletResponse response, FilterChain chain) throws IOException {
        EdgeRequest asked = EdgeRequest.find(request)
                .orElseThrow(() -> new IllegalStateException("map the edge for REQUEST too, not for ASYNC alone"));
        asked.takeBack();
        if (asked.response().isCutOff()) {
            throw asked.response().brokenOff();
        }
        try {
            chain.doFilter(again(request, asked), again(response, asked.response()));
        } catch (Throwable failure) {
            asked.fail(failure);
        }
        settle(asked);
    }

    /** What the container dispatches with, which knows the path it dispatches to, if it leads through ours. */
    private static ServletRequest again(ServletRequest dispatched, EdgeRequest ours) {
        boolean through = dispatched == ours
                || (dispatched instanceof ServletRequestWrapper wrapper && wrapper.isWrapperFor(ours));
        return through ? dispatched : ours;
    }

    private static ServletResponse again(ServletResponse dispatched, EdgeResponse ours) {
        boolean through = dispatched == ours
                || (dispatched instanceof ServletResponseWrapper wrapper && wrapper.isWrapperFor(ours));
        return through ? dispatched : ours;
    }

    /** The end of a forward is the end of the answer (Servlet 6.0 section 9.4); Tomcat 11 takes nothing after it. */
    void forward(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        chain.doFilter(request, response);
        EdgeRequest asked = EdgeRequest.find(request).orElse(null);
        if (asked != null) {
            settle(asked);
        }
    }

    /** Tomcat includes its error page where it can no longer forward to it: in the middle of an answer. */
    void include(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) == null
                || request.getAttribute(RequestDispatcher.INCLUDE_REQUEST_URI) == null) {
            chain.doFilter(request, response);
        }
    }

    /** The container wants to show its own page, for an error that never reached the application or outlived it. */
    void endContainerError(HttpServletRequest request, HttpServletResponse response) throws IOException {
        int status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code ? code : 500;
        Problem problem = Problem.ofStatus(status);
        EdgeRequest admitted = EdgeRequest.find(request).orElse(null);
        if (admitted != null) {
            admitted.response().writeAgain(response, problem);
            return;
        }
        HttpServletRequest came;
        RequestFacts facts;
        try {
            came = door.behindProxies(request);
            facts = door.read(came);
        } catch (RuntimeException unreadable) {
            EdgeResponse.write(response, request, problem, steps.texts(), door.newRequestId());
            return;
        }
        if (!response.isCommitted()) {
            response.reset();
        }
        var passage = new Passage(steps);
        var answer = new EdgeResponse(response, passage);
        var asked = new EdgeRequest(came, answer, facts, null);
        try {
            steps.passToRoute(passage);
        } catch (RuntimeException refusedAnyway) {
            LOG.debug("request {} had failed in the container already", facts.requestId(), refusedAnyway);
        }
        asked.response().refuse(problem);
        asked.response().finish();
    }

    /** Leaves one finished answer, or an async start, behind. */
    private static void settle(EdgeRequest request) throws IOException {
        if (request.isHandedOver()) {
            return;
        }
        EdgeResponse answer = request.response();
        if (answer.isEnded()) {
            if (answer.isCutOff()) {
                throw answer.brokenOff();
            }
        } else if (answer.isAnswered() && !request.drainArrived()) {
            // What was done is told at once: whoever waited would keep it back, and Tomcat take it back.
            answer.closeConnection();
            answer.finish();
            answer.letGo();
            if (!request.drainBody()) {
                request.leaveBody();
            }
        } else {
            boolean left = !request.drainBody();
            if (left) {
                answer.closeConnection();
            }
            answer.finish();
            if (left) {
                request.leaveBody();
            }
        }
    }
}
