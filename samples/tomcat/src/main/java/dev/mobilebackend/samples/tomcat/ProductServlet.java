// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.tomcat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;

/** A servlet as a team has it already: it knows nothing of the edge. */
final class ProductServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private static final Map<String, String> NAMES = Map.of("1", "Pear", "2", "Quince");

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String id = request.getPathInfo().substring(1);
        String name = NAMES.get(id);
        if (name == null) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        response.setContentType("application/json");
        response.getWriter().print("{\"id\":" + id + ",\"name\":\"" + name + "\"}");
    }
}
