// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.boot;

import java.security.Principal;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** A controller as a team has it already: it knows nothing of the edge. */
@RestController
class ShopController {

    private static final Map<Long, Product> PRODUCTS = Map.of(1L, new Product(1, "Pear"), 2L, new Product(2, "Quince"));

    record Product(long id, String name) {}

    record Me(String id) {}

    record Report(int visits) {}

    @GetMapping("/v1/products/{id}")
    Product product(@PathVariable long id) {
        Product product = PRODUCTS.get(id);
        if (product == null) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND);
        }
        return product;
    }

    @GetMapping("/v1/me")
    Me me(Principal caller) {
        return new Me(caller.getName());
    }

    @GetMapping("/v1/reports")
    Report report() {
        return new Report(42);
    }
}
