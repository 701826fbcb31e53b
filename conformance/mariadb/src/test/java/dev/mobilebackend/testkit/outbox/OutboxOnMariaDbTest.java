// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.outbox;

import dev.mobilebackend.testkit.contract.MariaDbServer;

class OutboxOnMariaDbTest extends OutboxTest.OnDatabase {

    OutboxOnMariaDbTest() {
        super(MariaDbServer::database);
    }
}
