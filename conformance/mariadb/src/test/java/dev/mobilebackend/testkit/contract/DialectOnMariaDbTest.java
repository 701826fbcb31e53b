// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.testkit.app.TestDatabase;

class DialectOnMariaDbTest extends DialectContract {

    @Override
    protected TestDatabase database() {
        return MariaDbServer.database();
    }
}
