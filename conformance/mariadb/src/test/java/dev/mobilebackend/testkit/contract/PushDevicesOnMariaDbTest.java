// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

class PushDevicesOnMariaDbTest extends PushDevicesTest.OnDatabase {

    PushDevicesOnMariaDbTest() {
        super(MariaDbServer::database);
    }
}
