{{- /*
The values that have no default. `helm lint` ignores these errors, so it is clean without values. values.schema.json
checks the rest. No error contains the key.
*/}}
{{- define "parallax-agent.check" -}}
{{- $problems := list }}
{{- with .Values }}
{{- if not .cluster }}
{{- $problems = append $problems "cluster is missing. Use the name that reached.cluster has in the targets file: --set cluster=NAME" }}
{{- end }}
{{- if not .ingest.url }}
{{- $problems = append $problems "ingest.url is missing. Use the stack's output IngestUrl: --set ingest.url=URL" }}
{{- end }}
{{- if and .key.existingSecret .key.value }}
{{- $problems = append $problems "key.existingSecret and key.value are both set. Remove one of them" }}
{{- else if not (or .key.existingSecret .key.value) }}
{{- $problems = append $problems "key is missing. Use a file with the signing key: --set-file key.value=KEYFILE, or a Secret that contains it: --set key.existingSecret=NAME" }}
{{- else if and .key.value (not (regexMatch "^whsec_[A-Za-z0-9+/]+=*\\s*$" .key.value)) }}
{{- $problems = append $problems "key.value is not a signing key: expected whsec_ and then base64" }}
{{- end }}
{{- with .key.id }}
{{- if not (regexMatch "^[A-Za-z0-9._-]{1,32}\\s*$" .) }}
{{- $problems = append $problems "key.id is not the id of a key: expected 1 to 32 letters, digits, '.', '_' or '-'" }}
{{- end }}
{{- if $.Values.key.existingSecret }}
{{- $problems = append $problems "key.id is set, and key.existingSecret too. Put the id into that Secret under the name key.id" }}
{{- end }}
{{- end }}
{{- if and .targets.existingConfigMap .targets.content }}
{{- $problems = append $problems "targets.existingConfigMap and targets.content are both set. Remove one of them" }}
{{- else if not (or .targets.existingConfigMap .targets.content) }}
{{- $problems = append $problems "targets is missing. Use the targets file: --set-file targets.content=targets.yaml, or a ConfigMap that contains it: --set targets.existingConfigMap=NAME" }}
{{- end }}
{{- if not (or (dig "serviceAccount" "create" true .AsMap) (.serviceAccount).name) }}
{{- $problems = append $problems "serviceAccount.name is missing, and serviceAccount.create is false. Use the name of an existing service account" }}
{{- end }}
{{- end }}
{{- if $problems }}
{{- fail (printf "\n\nThese values of parallax-agent must be changed:\n  - %s\n" (join "\n  - " $problems)) }}
{{- end }}
{{- end }}
