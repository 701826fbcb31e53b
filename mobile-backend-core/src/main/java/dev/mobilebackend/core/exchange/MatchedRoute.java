// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import java.util.List;
import java.util.Map;

/**
 * The declared endpoint that a request is for.
 *
 * @param template its path as declared, such as {@code /v1/orders/{id}}: what to count and log by, never the raw path
 * @param pathParameters the decoded values of the template's variables
 * @param rules what was declared for it, such as rate limits; read by type through {@link Exchange#declared}
 */
public record MatchedRoute(String template, Map<String, String> pathParameters, List<?> rules) {}
