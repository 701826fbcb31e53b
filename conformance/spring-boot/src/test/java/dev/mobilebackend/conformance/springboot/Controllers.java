// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance.springboot;

import dev.mobilebackend.conformance.FrameworkCases;
import dev.mobilebackend.core.problem.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.server.ResponseStatusException;

/** What Spring MVC serves by itself. */
@RestController
class Controllers {

    @GetMapping({"/framework/text", "/framework/text-again"})
    String text() {
        return "text";
    }

    @GetMapping({"/framework/throws", "/framework/trap-5"})
    String fails() {
        throw new IllegalStateException(FrameworkCases.SECRET);
    }

    @GetMapping("/framework/refuses")
    String refuses() {
        throw Problem.CONFLICT.detail("somebody was first").exception();
    }

    @GetMapping({"/framework/conflict", "/framework/trap-6"})
    String conflict() {
        throw new ResponseStatusException(HttpStatus.CONFLICT, FrameworkCases.SECRET);
    }

    @GetMapping("/framework/page")
    ResponseEntity<String> page() {
        return ResponseEntity.internalServerError().body(FrameworkCases.SECRET);
    }

    @GetMapping("/framework/sends")
    void sends(HttpServletResponse response) throws IOException {
        response.sendError(503, FrameworkCases.SECRET);
    }

    @GetMapping("/framework/future")
    CompletableFuture<String> future() {
        return CompletableFuture.supplyAsync(() -> "later");
    }

    @GetMapping("/framework/failed-future")
    CompletableFuture<String> failedFuture() {
        return CompletableFuture.supplyAsync(() -> {
            throw new IllegalStateException(FrameworkCases.SECRET);
        });
    }

    @GetMapping("/framework/refused-future")
    CompletableFuture<String> refusedFuture() {
        return CompletableFuture.supplyAsync(() -> {
            throw Problem.CONFLICT.exception();
        });
    }

    @GetMapping("/framework/endless-future")
    DeferredResult<String> endlessFuture() {
        return new DeferredResult<>(500L);
    }

    @GetMapping({"/framework/caller", "/framework/trap-10"})
    CompletableFuture<String> caller(HttpServletRequest request) {
        return CompletableFuture.supplyAsync(() -> FrameworkCases.caller(request));
    }

    @PostMapping("/framework/form")
    String form(@RequestParam("a") String a) {
        return a;
    }

    @PostMapping({"/framework/body", "/framework/large-body"})
    byte[] body(@RequestBody byte[] body) {
        return body;
    }

    @GetMapping({"/framework/stream", "/framework/trap-9"})
    void stream(HttpServletRequest request, HttpServletResponse response) throws Exception {
        FrameworkCases.stream(request, response);
    }

    @GetMapping("/framework/halfway")
    void halfway(HttpServletResponse response) throws Exception {
        FrameworkCases.halfway(response);
    }
}
