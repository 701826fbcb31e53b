// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.tomcat;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.Accounts;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.validate.JsonBody;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** A servlet that asks the edge who is calling. */
final class MeServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final transient Accounts accounts;

    MeServlet(Accounts accounts) {
        this.accounts = accounts;
    }

    private record Me(String id, String email) {}

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
        Exchange exchange = Exchange.of(request);
        Account account = accounts.find(exchange.caller().accountId()).orElseThrow(Problem.NOT_FOUND::exception);
        exchange.send(Answer.json(200, JsonBody.write(new Me(account.id(), String.valueOf(account.email())))));
    }
}
