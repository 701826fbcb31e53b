// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Stands before the edge and fails by itself when the field {@code Test-Neighbour} asks it to. */
final class Neighbour implements Filter {

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String asked = ((HttpServletRequest) request).getHeader("Test-Neighbour");
        if (asked == null || request.getDispatcherType() != DispatcherType.REQUEST) {
            chain.doFilter(request, response);
            return;
        }
        var answer = (HttpServletResponse) response;
        answer.setHeader("Neighbour", "was here");
        switch (asked) {
            case "throws" -> throw new IllegalStateException(Hostile.SECRET);
            case "fails" -> throw new ServletException(Hostile.SECRET);
            case "sends" -> answer.sendError(503, Hostile.SECRET);
            default -> answer.sendError(404);
        }
    }
}
