// SPDX-License-Identifier: Apache-2.0
/**
 * The application under test with a real database, Redis and a moved clock around it. Start at
 * {@link dev.mobilebackend.testkit.app.TestDatabase}.
 */
@NullMarked
package dev.mobilebackend.testkit.app;

import org.jspecify.annotations.NullMarked;
