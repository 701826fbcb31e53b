// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.dashboard;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** The one style and the one script of the pages, and the policy by which a browser takes these and nothing else. */
final class Look {

    static final String STYLE = """
            :root{color-scheme:light dark;--ink:#1b1f24;--dim:#5d6672;--line:#dfe3e8;--paper:#fff;--back:#f4f6f8;\
            --good:#2a7d4f;--warn:#b26a00;--bad:#c62f3b;--link:#1f5fbf}
            @media(prefers-color-scheme:dark){:root{--ink:#e6e9ed;--dim:#98a2ae;--line:#2c333b;--paper:#191d22;\
            --back:#111418;--good:#4fb57d;--warn:#e0a03c;--bad:#f0707a;--link:#7db2ff}}
            *{box-sizing:border-box}
            body{margin:0;background:var(--back);color:var(--ink);font:15px/1.45 system-ui,-apple-system,"Segoe UI",\
            Roboto,sans-serif;-webkit-text-size-adjust:100%}
            a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
            header{background:var(--paper);border-bottom:1px solid var(--line);padding:.6rem max(1rem,calc(50% - 35rem));display:flex;\
            flex-wrap:wrap;gap:.25rem 1.1rem;align-items:baseline}
            header b{font-size:1.1rem}header a[aria-current]{color:var(--ink);font-weight:600}
            main,.said{max-width:72rem;margin:0 auto;padding:1rem}
            .said{padding-bottom:0}.said p{margin:0;padding:.6rem .9rem;background:var(--paper);\
            border:1px solid var(--line);border-left:4px solid var(--good);border-radius:6px}
            .said.none p{border-left-color:var(--warn)}
            h2{font-size:1rem;margin:1.6rem 0 .5rem;display:flex;justify-content:space-between;gap:1rem}
            h2 a{font-weight:400;font-size:.9rem}main>h2:first-child{margin-top:0}
            .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:.6rem}
            .tile,.card{background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:.7rem .9rem}
            .tile b{display:block;font-size:1.45rem;line-height:1.2;font-variant-numeric:tabular-nums}
            .tile,.dim,time{color:var(--dim)}.tile b{color:var(--ink)}.tile.bad b,.bad{color:var(--bad)}
            .tile.warn b,.warn{color:var(--warn)}
            .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:.6rem}
            .card p{margin:.4rem 0 0;color:var(--dim);font-size:.9rem}.card h3{margin:0 0 .5rem;font-size:.9rem}
            svg{display:block;width:100%;height:7rem}
            .axis{display:flex;justify-content:space-between;color:var(--dim);font-size:.75rem}
            .s1{fill:var(--good)}.s2{fill:var(--warn)}.s3{fill:var(--bad)}.s4{fill:var(--link)}\
            .s5{fill:var(--link);opacity:.35}.base{stroke:var(--line)}
            .key{display:inline-block;width:.65rem;height:.65rem;border-radius:2px;margin-right:.3rem}
            .k1{background:var(--good)}.k2{background:var(--warn)}.k3{background:var(--bad)}.k4{background:var(--link)}\
            .k5{background:var(--link);opacity:.35}
            table{width:100%;border-collapse:collapse;background:var(--paper);border:1px solid var(--line);\
            border-radius:8px;overflow:hidden}
            th,td{padding:.5rem .7rem;text-align:left;vertical-align:baseline;border-top:1px solid var(--line)}
            thead th{border-top:0;color:var(--dim);font-weight:500;font-size:.85rem}
            .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
            td.wide{overflow-wrap:anywhere;min-width:12rem}td pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;\
            font:13px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
            .tag{border:1px solid currentColor;border-radius:99px;padding:0 .5rem;font-size:.8rem;white-space:nowrap}
            .do{display:flex;gap:.4rem;justify-content:flex-end;align-items:baseline}form{margin:0}
            button,summary{font:inherit;font-size:.9rem;color:var(--ink);background:var(--back);\
            border:1px solid var(--line);border-radius:6px;padding:.3rem .7rem;cursor:pointer}
            button:hover,summary:hover{border-color:var(--dim)}summary{list-style:none}
            summary::-webkit-details-marker{display:none}details[open]>summary{margin-bottom:.4rem}
            button.bad{border-color:var(--bad)}
            :focus-visible{outline:2px solid var(--link);outline-offset:2px}
            .pages{display:flex;gap:1rem;margin:.8rem 0}.none{color:var(--dim)}
            tbody td:first-child{white-space:nowrap}
            @media(max-width:44rem){
            tbody td:first-child{white-space:normal;overflow-wrap:anywhere}
            main,.said{padding:.75rem}button,summary{padding:.5rem .9rem}
            thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
            table,tbody,td{display:block}table{background:none;border:0}
            tr{display:grid;grid-template-columns:1fr 1fr;gap:.1rem 1.2rem;background:var(--paper);\
            border:1px solid var(--line);border-radius:8px;margin-bottom:.6rem;padding:.5rem .8rem}
            td{border:0;padding:.1rem 0;grid-column:1/-1;min-width:0}
            td[data-t]{display:flex;justify-content:space-between;gap:.6rem;grid-column:auto}
            td[data-t]::before{content:attr(data-t);color:var(--dim)}td.all{grid-column:1/-1}
            .do{justify-content:flex-start;padding:.3rem 0;flex-wrap:wrap}}
            """;

    /** Fetches the page again while somebody looks at it and is not about to press a button. */
    static final String SCRIPT = """
            setInterval(async()=>{
            if(document.hidden||document.querySelector('details[open],button:focus'))return;
            try{const page=await fetch(location.pathname+location.search);if(!page.ok)return;
            const fresh=new DOMParser().parseFromString(await page.text(),'text/html').querySelector('main');
            if(fresh&&!document.querySelector('details[open],button:focus'))document.querySelector('main').replaceWith(fresh)}
            catch(away){}},5000)
            """;

    /** Content Security Policy Level 3: what is in the page by its digest, requests and forms to this origin. */
    static final String POLICY = "default-src 'none'; style-src " + digest(STYLE) + "; script-src " + digest(SCRIPT)
            + "; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private Look() {}

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java has SHA-256", impossible);
        }
    }
}
