// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;

/** A filter of the application's, behind the edge: wraps both where the field {@code Test-Wrap} says so. */
final class WrappingFilter implements Filter {

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        var asked = (HttpServletRequest) request;
        if (asked.getHeader("Test-Wrap") == null) {
            chain.doFilter(request, response);
        } else {
            chain.doFilter(new HttpServletRequestWrapper(asked), new HttpServletResponseWrapper((HttpServletResponse)
                    response));
        }
    }
}
