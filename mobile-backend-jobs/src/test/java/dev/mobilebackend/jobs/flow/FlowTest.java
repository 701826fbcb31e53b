// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.jobs.JobKind;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.Unique;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlowTest {

    @JobKind("resize")
    record Resize(int photo) {}

    @Test
    void aStepComesAfterTheOneBefore() {
        Flow flow = Flow.first(List.of(new Resize(1), new Resize(2)))
                .then(new Resize(3))
                .then(new Resize(4));

        assertEquals(
                List.of(Set.of(), Set.of(0), Set.of(1)),
                flow.steps().stream().map(Flow.Step::after).toList());
        assertEquals(2, flow.steps().get(0).jobs().size());
    }

    @Test
    void whatComesAfterBranchesComesAfterAllOfTheirEnds() {
        Flow flow = Flow.all(
                        Flow.first(new Resize(1)).then(new Resize(2)),
                        Flow.all(Flow.first(new Resize(3)), Flow.first(new Resize(4))))
                .then(new Resize(5));

        assertEquals(
                List.of(Set.of(), Set.of(0), Set.of(), Set.of(), Set.of(1, 2, 3)),
                flow.steps().stream().map(Flow.Step::after).toList());
    }

    @Test
    void aJobKeepsItsChoices() {
        NewJob chosen = NewJob.of(new Resize(1)).queue("photos");

        assertEquals(chosen, Flow.first(chosen).steps().get(0).jobs().get(0));
    }

    @Test
    void aUniqueJobWouldLetItsStepWaitForEver() {
        NewJob unique = NewJob.of(new Resize(1)).unique(Unique.of("1"));

        var refused = assertThrows(IllegalArgumentException.class, () -> Flow.first(unique));

        assertTrue(refused.getMessage().contains("must not be unique"), refused.getMessage());
        assertThrows(
                IllegalArgumentException.class, () -> Flow.first(new Resize(1)).onFailure(unique));
    }

    @Test
    void aFlowEitherStopsAndTellsOrContinues() {
        Flow flow = Flow.first(new Resize(1));

        assertThrows(
                IllegalStateException.class, () -> flow.onFailure(new Resize(2)).continueOnFailure());
        assertThrows(IllegalStateException.class, () -> flow.continueOnFailure().onFailure(new Resize(2)));
    }

    @Test
    void aBranchHasNoPolicyOfItsOwn() {
        Flow flow = Flow.first(new Resize(1));

        assertThrows(IllegalArgumentException.class, () -> Flow.all(flow.named("own")));
        assertThrows(IllegalArgumentException.class, () -> Flow.all(flow.continueOnFailure()));
        assertThrows(IllegalArgumentException.class, () -> Flow.all(flow.onFailure(new Resize(2))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\0b"})
    void aNameIsReadable(String name) {
        assertThrows(
                IllegalArgumentException.class, () -> Flow.first(new Resize(1)).named(name));
    }
}
