// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.edge;

import java.nio.charset.StandardCharsets;

/** What every server that is measured answers with, made once: what counts is what stands in front of it. */
public final class Product {

    public static final String PATH = "/v1/products/{id}";

    private static final byte[] JSON =
            "{\"id\":42,\"name\":\"Pear, Conference, 1 kg\",\"price\":{\"amount\":299,\"currency\":\"EUR\"},\"stock\":118}"
                    .getBytes(StandardCharsets.UTF_8);

    private Product() {}

    /** The same array each time. */
    public static byte[] json() {
        return JSON;
    }
}
