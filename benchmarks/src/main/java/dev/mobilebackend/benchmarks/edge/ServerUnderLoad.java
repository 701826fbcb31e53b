// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.edge;

import dev.mobilebackend.benchmarks.Allocations;
import dev.mobilebackend.benchmarks.HttpLoad;
import dev.mobilebackend.benchmarks.Processors;
import dev.mobilebackend.benchmarks.ServerJvm;
import dev.mobilebackend.benchmarks.Used;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One server and the load on it: signed-in phones, whose requests come over a few connections as from a proxy. */
final class ServerUnderLoad implements AutoCloseable {

    private static final int CONNECTIONS = 8;
    private static final int PHONES = 64;

    private final Variant variant;
    private final ServerJvm server;
    private final HttpLoad load;

    private ServerUnderLoad(Variant variant, ServerJvm server, HttpLoad load) {
        this.variant = variant;
        this.server = server;
        this.load = load;
    }

    static ServerUnderLoad start(Variant variant, Processors processors, List<String> options) throws IOException {
        ServerJvm server = ServerJvm.of(variant.start(processors, options));
        try {
            var phones = new ArrayList<List<String>>();
            for (int i = 0; i < PHONES; i++) {
                phones.add(phone(i, server.token()));
            }
            HttpLoad load = HttpLoad.ofPhones(server.port(), Product.PATH.replace("{id}", "42"), phones, CONNECTIONS);
            return new ServerUnderLoad(variant, server, load);
        } catch (IOException | RuntimeException failed) {
            server.close();
            throw failed;
        }
    }

    private static List<String> phone(int number, String token) {
        return List.of(
                "User-Agent: Shop/4.2.1 (Android 15)",
                "Accept: application/json",
                "Accept-Encoding: gzip",
                "Authorization: Bearer " + token,
                "Device-Id: 0b8f6a4e-6f0c-4a55-9f6e-3f1f5a9d2c" + (10 + number),
                "App-Version: 4.2.1");
    }

    Variant variant() {
        return variant;
    }

    /** Sends this server's share of that many requests. */
    Cost round(int requests) throws IOException, InterruptedException {
        int share = variant.share(requests);
        Used serverBefore = server.used();
        Used loadBefore = Used.now();
        double seconds = load.send(share);
        Used byLoad = Used.now().since(loadBefore);
        return Cost.of(share, seconds, server.used().since(serverBefore), byLoad);
    }

    Allocations allocations(int requests) throws IOException, InterruptedException {
        server.recordAllocations();
        load.send(requests);
        return server.allocations();
    }

    @Override
    public void close() throws IOException {
        load.close();
        server.close();
    }
}
