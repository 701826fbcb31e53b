// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.boot;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a team forgets to declare is not found out by who calls it. */
class UndeclaredControllerTest {

    @TempDir
    private Path folder;

    @RestController
    static class Forgotten {

        @GetMapping("/v1/forgotten/{id}")
        String secret() {
            return "never";
        }
    }

    @Test
    void stopsTheStart() {
        Class<?>[] sources = {SpringBootApp.class, Forgotten.class};
        String[] settings = {
            "--PORT=0",
            "--DATABASE_URL=jdbc:h2:mem:undeclared",
            "--SECRET_FILE=" + folder.resolve("secret"),
            "--logging.level.org.springframework.boot.SpringApplication=off"
        };

        Throwable refused = assertThrows(IllegalStateException.class, () -> SpringApplication.run(sources, settings));

        assertTrue(refused.getMessage().contains("GET /v1/forgotten/{id}"), refused::toString);
    }
}
