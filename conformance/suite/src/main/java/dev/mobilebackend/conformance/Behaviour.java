// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** What the application does when it is asked for a case: anything at all, well or badly. */
@FunctionalInterface
public interface Behaviour {

    void serve(HttpServletRequest request, HttpServletResponse response) throws Exception;
}
