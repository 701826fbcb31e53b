// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import jakarta.servlet.http.HttpServletRequest;

/** A container that has to be treated in its own way somewhere; told by its classes' names, so that none is needed. */
enum Container {
    TOMCAT("org.apache.catalina."),
    UNDERTOW("io.undertow.");

    private final String classes;

    Container(String classes) {
        this.classes = classes;
    }

    boolean serves(HttpServletRequest request) {
        return request.getServletContext().getClass().getName().startsWith(classes);
    }
}
