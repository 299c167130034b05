// The `type` of a problem is the address of its code, which the plain page explains.
if (/^#[A-Z][A-Z0-9_]*$/.test(location.hash)) {
  location.replace("docs/plain" + location.hash);
} else {
  // Show the document of this server, with forms that send real requests to it.
  SwaggerUIBundle({
    url: "openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    docExpansion: "list",
    tryItOutEnabled: true,
    validatorUrl: null,
  });
}
