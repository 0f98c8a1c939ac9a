{{- define "parallax-agent.name" -}}
{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ if not (contains "parallax-agent" .Release.Name) }}-parallax-agent{{ end }}
{{- end }}

{{- define "parallax-agent.labels" -}}
app.kubernetes.io/name: parallax-agent
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/part-of: parallax
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "parallax-agent.selector" -}}
app.kubernetes.io/name: parallax-agent
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "parallax-agent.image" -}}
{{- $image := .Values.image -}}
{{ $image.repository }}{{ if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}
