// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.boot;

import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.HttpMethod;
import java.util.Arrays;
import java.util.stream.Stream;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Stops the start where a controller serves what no route declares. */
@Component
final class DeclaredControllers implements SmartInitializingSingleton {

    private final Edge edge;
    private final RequestMappingHandlerMapping controllers;

    DeclaredControllers(Edge edge, RequestMappingHandlerMapping requestMappingHandlerMapping) {
        this.edge = edge;
        controllers = requestMappingHandlerMapping;
    }

    @Override
    public void afterSingletonsInstantiated() {
        edge.routes()
                .requireDeclared(controllers.getHandlerMethods().keySet().stream()
                        .flatMap(DeclaredControllers::served)
                        .toList());
    }

    private static Stream<String> served(RequestMappingInfo mapping) {
        return methods(mapping)
                .flatMap(method -> mapping.getPatternValues().stream().map(path -> method + " " + path));
    }

    /** A mapping that names no method answers each. */
    private static Stream<String> methods(RequestMappingInfo mapping) {
        var named = mapping.getMethodsCondition().getMethods();
        return named.isEmpty()
                ? Arrays.stream(HttpMethod.values()).map(HttpMethod::name)
                : named.stream().map(RequestMethod::name);
    }
}
