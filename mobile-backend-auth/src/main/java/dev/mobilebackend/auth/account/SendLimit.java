// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import java.time.Instant;

/**
 * How many codes go to one address or phone, counted by the hour and the day that begin with the first of them.
 *
 * @param key stands for the address or phone without telling it
 * @param at when the code in question was asked for
 */
public record SendLimit(String key, int anHour, int aDay, Instant at) {}
