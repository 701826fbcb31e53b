// SPDX-License-Identifier: Apache-2.0
/**
 * What every store and every database must do, as abstract JUnit classes. Whoever writes a store extends its contract
 * and overrides the one method that makes it.
 *
 * <pre>{@code
 * class JdbiSessionStoreTest {
 *
 *     @Nested
 *     class OnPostgres extends SessionStoreContract {
 *         @Override
 *         protected SessionStore store() { ... }
 *     }
 * }
 * }</pre>
 *
 * A contract is called {@code XStoreContract}, knows {@code X}'s interface and none of its implementations, makes each
 * test's store anew, and takes its time from a {@code TestClock} of its own.
 */
@NullMarked
package dev.mobilebackend.testkit.contract;

import org.jspecify.annotations.NullMarked;
