"use strict";

// The key stays in the session storage of this tab: it is gone with the tab, and no other tab reads it.
(() => {
  const storage = "modelapi.key";
  const scheme = "bearer";
  const url = new URL("../openapi/v1.json", location.href).href;
  const key = () => sessionStorage.getItem(storage);
  const headers = () => (key() ? { Authorization: `Bearer ${key()}` } : {});

  // Authorize and Logout in the page read the document again: with a key it shows more.
  const remember = () => ({
    statePlugins: {
      auth: {
        wrapActions: {
          authorize: (authorize, system) => (payload) => {
            const value = payload[scheme]?.value;
            const isNew = typeof value === "string" && value !== key();
            if (isNew) {
              sessionStorage.setItem(storage, value);
            }

            const result = authorize(payload);
            if (isNew) {
              system.specActions.download(url);
            }

            return result;
          },
          logout: (logout, system) => (payload) => {
            sessionStorage.removeItem(storage);
            const result = logout(payload);
            system.specActions.download(url);
            return result;
          },
        },
      },
    },
  });

  const show = () => {
    const ui = SwaggerUIBundle({
      dom_id: "#swagger-ui",
      url,
      presets: [SwaggerUIBundle.presets.apis],
      plugins: [remember],
      deepLinking: true,
      displayRequestDuration: true,

      // An operation opens on the fields of its schema, each with type, range and description; "Try it out" fills in the example.
      defaultModelRendering: "model",
      defaultModelExpandDepth: 5,
      defaultModelsExpandDepth: 0,
      validatorUrl: null,
      requestInterceptor: (request) => {
        if (request.loadSpec) {
          Object.assign(request.headers, headers());
        }

        return request;
      },
      onComplete: () => {
        if (key()) {
          ui.preauthorizeApiKey(scheme, key());
        }
      },
    });
  };

  const form = document.getElementById("sign-in");
  const start = async () => {
    const answer = await fetch(url, { method: "HEAD", headers: headers() });
    form.hidden = answer.status !== 401;
    if (form.hidden) {
      show();
    } else {
      document.getElementById("refusal").textContent = key() ? "The server does not know this key or token." : "";
      sessionStorage.removeItem(storage);
      document.getElementById("key").focus();
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sessionStorage.setItem(storage, document.getElementById("key").value.trim());
    start();
  });
  start();
})();
