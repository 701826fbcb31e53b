// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.jobs.JobState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Drives the dashboard in a real browser; skipped where none stands on the path. */
@Timeout(180)
class DashboardInBrowserTest {

    private DashboardApp app;
    private Chromium browser;

    @BeforeEach
    void start() {
        Optional<Path> program = Chromium.find();
        Assumptions.assumeTrue(
                program.isPresent(), "skipped: no chromium, chromium-browser or google-chrome stands on the path");
        app = new DashboardApp(choices -> choices.watch(Access.privateNetwork()).act(Access.privateNetwork()));
        browser = new Chromium(program.get());
    }

    @AfterEach
    void stop() {
        if (browser != null) {
            browser.close();
        }
        if (app != null) {
            app.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDeadJobIsRetriedByAButton(boolean withScripts) {
        app.dead("mail", "send-mail", "no answer");
        browser.scripts(withScripts);
        browser.open(app.uri() + "/dead");

        browser.press("button", "Retry");
        browser.awaitTrue("document.querySelector('[role=status]')?.textContent.includes('waits again')");

        assertEquals(List.of(), app.jobs.dead(10));
        assertEquals(JobState.WAITING, app.jobs.counts().get(0).state());
        assertEquals(List.of(), browser.complaints());
    }

    @Test
    void discardingTakesTwoPresses() {
        app.dead("mail", "send-mail", "no answer");
        browser.open(app.uri());

        browser.press("summary", "Discard\u2026");
        int afterOne = app.jobs.dead(10).size();
        browser.press("details[open] button", "Discard for good");
        browser.awaitTrue("document.querySelector('[role=status]')?.textContent.includes('gone')");

        assertEquals(1, afterOne);
        assertEquals(List.of(), app.jobs.dead(10));
        assertEquals(List.of(), browser.complaints());
    }

    @Test
    void aQueueIsPausedAndGoesOn() {
        app.waiting("mail", "send-mail", Duration.ZERO);
        browser.open(app.uri());

        browser.press("button", "Pause");
        browser.awaitTrue("document.querySelector('main .tag')?.textContent=='paused'");
        boolean paused = app.jobs.view().overview().queues().get(0).paused();
        browser.press("button", "Resume");
        browser.awaitTrue("document.querySelector('[role=status]')?.textContent.includes('The queue goes on')");

        assertTrue(paused);
        assertEquals(false, app.jobs.view().overview().queues().get(0).paused());
    }

    @Test
    void showsWhatHappensMeanwhileWithoutBeingLoadedAgain() {
        browser.open(app.uri());
        browser.evaluate("window.kept=true");

        app.dead("mail", "send-mail", "no answer");
        browser.awaitTrue("document.querySelector('main').textContent.includes('send-mail')");

        assertTrue(browser.evaluate("window.kept===true").asBoolean());
        assertEquals(List.of(), browser.complaints());
    }

    @Test
    void anErrorRunsNoScript() {
        app.dead("mail", "send-mail", "<img src=x onerror=\"window.ran=true\"><script>window.ran=true</script>");

        browser.open(app.uri() + "/dead");

        assertTrue(browser.evaluate("document.querySelector('pre').textContent")
                .asString()
                .startsWith("<img"));
        assertEquals(false, browser.evaluate("'ran' in window").asBoolean());
        assertEquals(
                0,
                browser.evaluate("document.querySelectorAll('main img').length").asInt());
    }

    /** The pictures are those of docs/dashboard.md. */
    @ParameterizedTest
    @CsvSource({
        "desk-light, 1180, false",
        "desk-dark, 1180, true",
        "phone-light, 390, false",
        "phone-dark, 390, true",
        "narrow, 320, false"
    })
    void fitsTheScreen(String name, int width, boolean dark) throws Exception {
        fill();
        browser.screen(width, width < 500 ? 844 : 800, dark);
        for (String page : List.of("", "/dead", "/running", "/retrying", "/queues/push", "/dead?kind=send-mail")) {
            browser.open(app.uri() + page);

            int wide = browser.evaluate("document.documentElement.scrollWidth").asInt();

            assertTrue(wide <= width, page + " is " + wide + " wide");
            Path folder = Files.createDirectories(Path.of("target", "screenshots"));
            String suffix = page.replaceAll("[^a-z]+", "-");
            Files.write(folder.resolve("dashboard-" + name + suffix + ".png"), browser.screenshot());
        }
        assertEquals(List.of(), browser.complaints());
    }

    /** An afternoon of a shop. */
    private void fill() {
        app.dead(
                "mail", "send-mail", "dev.example.MailRejectedException: 550 5.1.1 <nobody@example.com>: no such user");
        app.dead(
                "receipts",
                "make-receipt",
                "java.lang.IllegalStateException: no font for the name of order 4711;"
                        + " caused by java.io.IOException: /fonts/NotoSansCJK-Regular.ttc: no such file");
        app.failed("push", "push", "java.net.http.HttpTimeoutException: request timed out", Duration.ofSeconds(40));
        app.failed("push", "push", "push provider answered 503, Retry-After: 120", Duration.ofMinutes(2));
        app.claimed("receipts", "make-receipt");
        app.claimed("mail", "send-mail");
        for (int number = 0; number < 40; number++) {
            app.waiting("push", "push", Duration.ofMinutes(number % 4));
        }
        app.waiting("default", "sweep", Duration.ofHours(1));
        app.jobs.view().pause("default");
        app.database.database().useTransaction(handle -> {
            handle.execute("UPDATE mb_jobs_dead SET died_at = DATEADD(MINUTE, -7 * id, died_at)");
            handle.execute("UPDATE mb_jobs_claimed SET claimed_at = DATEADD(SECOND, -3, claimed_at)");
            handle.execute("UPDATE mb_jobs_waiting SET run_at = DATEADD(SECOND, -8, run_at) WHERE error IS NULL");
            for (int minute = 0; minute < 60; minute++) {
                boolean outage = minute > 20 && minute < 27;
                int done = (int) (60 + 40 * Math.sin(minute / 7.0)) + (minute * 37) % 23;
                handle.createUpdate("INSERT INTO mb_jobs_minute (began_at, queue, worker, done, failed, dead, ran,"
                                + " longest_run, waited, longest_wait) VALUES (DATEADD(MINUTE, :back,"
                                + " DATE_TRUNC(MINUTE, CURRENT_TIMESTAMP(6))), 'push', 1, :done, :failed, :dead, :ran, :run,"
                                + " :waited, :wait)")
                        .bind("back", -minute)
                        .bind("done", done)
                        .bind("failed", outage ? done / 4 : minute % 11 == 0 ? 2 : 0)
                        .bind("dead", minute == 24 ? 6 : 0)
                        .bind("ran", done * 38_000L)
                        .bind("run", 400_000L + minute * 9_000L)
                        .bind("waited", done * (outage ? 900_000L : 12_000L + minute * 300L))
                        .bind("wait", outage ? 4_200_000L : 90_000L + minute * 53_000L % 400_000L)
                        .execute();
            }
        });
    }
}
