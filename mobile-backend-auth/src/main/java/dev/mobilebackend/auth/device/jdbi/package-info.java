// SPDX-License-Identifier: Apache-2.0
/** Known devices in a database. Start at {@link dev.mobilebackend.auth.device.jdbi.JdbiDeviceStore}. */
@NullMarked
package dev.mobilebackend.auth.device.jdbi;

import org.jspecify.annotations.NullMarked;
