# syntax=docker/dockerfile:1
# docker build -t modelapi .
# docker run -p 8900:8900 -e Identity__ApiKeys__0__User=... -e Identity__ApiKeys__0__Sha256=... modelapi

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH=amd64
WORKDIR /repository
COPY global.json Directory.*.props Directory.*.targets .editorconfig ./
COPY .config .config
COPY src/ModelApi.Inference/*.csproj src/ModelApi.Inference/packages.lock.json src/ModelApi.Inference/
COPY src/ModelApi/*.csproj src/ModelApi/packages.lock.json src/ModelApi/
RUN dotnet tool restore && dotnet restore src/ModelApi --arch $TARGETARCH --locked-mode
COPY src src
COPY models models
RUN dotnet publish src/ModelApi --no-restore --configuration Release --os linux --arch $TARGETARCH --no-self-contained -p:Sbom=true --output /app
RUN mkdir -p /app/data

# Neither shell nor package manager, and a user that is not root: only the data folder belongs to it. Mount a volume there to keep it.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /app .
COPY --from=build --chown=$APP_UID /app/data data
VOLUME /app/data
ENV ASPNETCORE_HTTP_PORTS=8900
EXPOSE 8900
USER $APP_UID
HEALTHCHECK --interval=10s --timeout=5s --start-period=15s --retries=3 CMD ["dotnet", "ModelApi.dll", "--health"]
ENTRYPOINT ["dotnet", "ModelApi.dll"]
