// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import java.time.Instant;

/**
 * How many codes are sent within an hour, which begins with the first of them.
 *
 * @param key stands for an address, a phone or an account without telling it
 * @param at when the code in question was asked for
 */
public record SendLimit(String key, int anHour, Instant at) {}
