// SPDX-License-Identifier: Apache-2.0
/**
 * What every store and every database must do, as abstract JUnit classes. Whoever writes a store extends its contract
 * and overrides the one method that gives it. Start at {@link dev.mobilebackend.testkit.contract.SchemaContract}.
 *
 * <pre>{@code
 * class SessionStoreTest {
 *
 *     @Nested
 *     class InMemory extends SessionStoreContract {
 *         private final SessionStore store = new InMemorySessionStore();
 *
 *         @Override
 *         protected SessionStore store() {
 *             return store;
 *         }
 *     }
 * }
 * }</pre>
 *
 * A contract is called {@code XStoreContract} and knows {@code X}'s interface, none of its implementations. Rows of
 * other tests may be in the store, so each test makes keys of its own; it takes its instants from constants or a
 * {@code TestClock}, and runs what must not collide in a {@link dev.mobilebackend.testkit.contract.Race}.
 */
@NullMarked
package dev.mobilebackend.testkit.contract;

import org.jspecify.annotations.NullMarked;
