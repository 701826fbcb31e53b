// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;

/** Behaves under each path as it is told. */
final class CaseServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final transient Map<String, Behaviour> behaviours;

    CaseServlet(Map<String, Behaviour> behaviours) {
        this.behaviours = behaviours;
    }

    private static String path(HttpServletRequest request) {
        boolean included = request.getDispatcherType() == DispatcherType.INCLUDE;
        Object servlet =
                included ? request.getAttribute(RequestDispatcher.INCLUDE_SERVLET_PATH) : request.getServletPath();
        Object rest = included ? request.getAttribute(RequestDispatcher.INCLUDE_PATH_INFO) : request.getPathInfo();
        return servlet + (rest == null ? "" : rest.toString());
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        String path = path(request);
        Behaviour behaviour = behaviours.get(path);
        if (behaviour == null) {
            throw new IllegalStateException("no case at " + path);
        }
        try {
            behaviour.serve(request, response);
        } catch (RuntimeException | IOException | ServletException e) {
            throw e;
        } catch (Exception e) {
            throw new ServletException(e);
        }
    }
}
