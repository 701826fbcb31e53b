// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.flow;

import dev.mobilebackend.testkit.contract.MariaDbServer;

class FlowsOnMariaDbTest extends FlowsTest.OnDatabase {

    FlowsOnMariaDbTest() {
        super(MariaDbServer::database);
    }
}
