// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import dev.mobilebackend.testkit.app.MobileBackend;
import dev.mobilebackend.testkit.app.TestDatabase;
import org.junit.jupiter.api.extension.RegisterExtension;

class ShopOnPostgreSqlTest extends ShopJourney {

    @RegisterExtension
    static final MobileBackend SHOP = shopOn(TestDatabase::postgres);
}
