// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.spring;

import dev.mobilebackend.benchmarks.edge.Product;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Answers with bytes that are there already, as the servlets beside it do. */
@RestController
class ProductController {

    @GetMapping(path = Product.PATH, produces = MediaType.APPLICATION_JSON_VALUE)
    byte[] product(@PathVariable("id") long id) {
        return Product.json();
    }
}
