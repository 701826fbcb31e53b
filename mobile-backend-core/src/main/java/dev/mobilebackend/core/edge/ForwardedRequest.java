// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.transport.Sender;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as the outermost trusted proxy got it. Where the sender is known, the fields that say so are gone: whoever
 * reads them for himself would believe what the client wrote there.
 */
final class ForwardedRequest extends HttpServletRequestWrapper {

    private static final List<String> FORWARDING = List.of(
            "Forwarded",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Port",
            "X-Forwarded-Proto",
            "X-Forwarded-Server",
            "X-Forwarded-Ssl",
            "X-Real-IP");

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
        int port = 0;
        for (int i = colon + 1; i < host.length(); i++) {
            int digit = host.charAt(i) - '0';
            port = port * 10 + digit;
            if (digit < 0 || digit > 9 || port > 65_535) {
                return super.getServerPort();
            }
        }
        return port;
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
        if (isHidden(name)) {
            return null;
        }
        return sender.host() != null && name.equalsIgnoreCase("Host") ? sender.host() : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        String one = isHidden(name) || name.equalsIgnoreCase("Host") ? getHeader(name) : null;
        if (one != null) {
            return Collections.enumeration(List.of(one));
        }
        return isHidden(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        var names = new ArrayList<>(Collections.list(super.getHeaderNames()));
        names.removeIf(this::isHidden);
        return Collections.enumeration(names);
    }

    private boolean isHidden(String name) {
        if (!sender.known()) {
            return false;
        }
        for (int i = 0; i < FORWARDING.size(); i++) {
            if (FORWARDING.get(i).equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }
}
