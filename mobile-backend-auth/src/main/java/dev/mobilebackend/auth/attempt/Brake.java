// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt;

/** What a failed try counts against, and a further try is refused by. */
public enum Brake {
    /** One account, from one device that it knows. */
    ACCOUNT_FROM_DEVICE,
    /** One account, from one client's network. */
    ACCOUNT_FROM_CLIENT,
    /** One account, from everywhere but the devices that it knows. */
    ACCOUNT,
    /** One client's network, whatever accounts it names. */
    CLIENT,
    /** The /24 of an IPv4 address or the /48 of an IPv6 address, whatever accounts it names. */
    SUBNET
}
