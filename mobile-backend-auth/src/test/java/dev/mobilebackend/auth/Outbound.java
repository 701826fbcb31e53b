// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Whom this process is about to call, wherever that is: a {@code Socket}, a {@code URLConnection} and an
 * {@code HttpClient} each ask first by which proxy.
 */
public final class Outbound extends ProxySelector implements AutoCloseable {

    private final ProxySelector before = ProxySelector.getDefault();
    private final List<URI> calls = new CopyOnWriteArrayList<>();

    private Outbound() {}

    /** Listens until it is closed. */
    public static Outbound listen() {
        var outbound = new Outbound();
        ProxySelector.setDefault(outbound);
        return outbound;
    }

    public List<URI> calls() {
        return List.copyOf(calls);
    }

    @Override
    public List<Proxy> select(URI target) {
        calls.add(target);
        return List.of(Proxy.NO_PROXY);
    }

    @Override
    public void connectFailed(URI target, SocketAddress proxy, IOException failure) {
        calls.add(target);
    }

    @Override
    public void close() {
        ProxySelector.setDefault(before);
    }
}
