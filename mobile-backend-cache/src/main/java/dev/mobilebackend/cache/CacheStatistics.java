// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.cache;

/**
 * What a cache has done since it was built.
 *
 * @param hits answers from memory within their time to live
 * @param misses questions that had to load, or to wait for a load
 * @param loads times the source answered
 * @param loadFailures times the source failed
 * @param staleServed answers past their time to live, given because the source failed
 */
public record CacheStatistics(long hits, long misses, long loads, long loadFailures, long staleServed) {}
