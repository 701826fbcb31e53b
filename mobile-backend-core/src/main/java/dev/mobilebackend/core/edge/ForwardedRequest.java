// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.transport.Sender;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request as the outermost trusted proxy got it. */
final class ForwardedRequest extends HttpServletRequestWrapper {

    private final Sender sender;

    ForwardedRequest(HttpServletRequest request, Sender sender) {
        super(request);
        this.sender = sender;
    }

    Sender sender() {
        return sender;
    }

    @Override
    public String getRemoteAddr() {
        return sender.client().toString();
    }

    @Override
    public String getRemoteHost() {
        return getRemoteAddr();
    }

    @Override
    public boolean isSecure() {
        return sender.secure();
    }

    @Override
    public String getScheme() {
        return sender.secure() ? "https" : "http";
    }

    @Override
    public String getServerName() {
        String host = sender.host();
        if (host == null) {
            return super.getServerName();
        }
        int port = portStart(host);
        return port < 0 ? host : host.substring(0, port);
    }

    @Override
    public int getServerPort() {
        String host = sender.host();
        int colon = host == null ? -1 : portStart(host);
        if (host == null || colon < 0) {
            return sender.secure() ? 443 : 80;
        }
        return Integer.parseInt(host, colon + 1, host.length(), 10);
    }

    private static int portStart(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? colon : -1;
    }

    @Override
    public StringBuffer getRequestURL() {
        String host = sender.host();
        var url = new StringBuffer(getScheme()).append("://");
        if (host != null) {
            url.append(host);
        } else {
            url.append(super.getHeader("Host") == null ? super.getServerName() : super.getHeader("Host"));
        }
        return url.append(getRequestURI());
    }

    @Override
    public @Nullable String getHeader(String name) {
        String host = hostFor(name);
        return host == null ? super.getHeader(name) : host;
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        String host = hostFor(name);
        return host == null ? super.getHeaders(name) : Collections.enumeration(List.of(host));
    }

    private @Nullable String hostFor(String field) {
        return field.equalsIgnoreCase("Host") ? sender.host() : null;
    }
}
