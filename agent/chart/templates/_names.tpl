{{- define "parallax-agent.base" -}}
{{ default "parallax-agent" .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- /* Without overrides the name is the one that earlier versions of the chart gave. */}}
{{- define "parallax-agent.name" -}}
{{- $base := include "parallax-agent.base" . -}}
{{- if .Values.fullnameOverride -}}
{{ .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else -}}
{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ if not (contains $base .Release.Name) }}-{{ $base }}{{ end }}
{{- end }}
{{- end }}

{{- /* The selector of a DaemonSet cannot be changed by an upgrade. */}}
{{- define "parallax-agent.selector" -}}
app.kubernetes.io/name: {{ include "parallax-agent.base" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* The labels of the pods; a change restarts them. */}}
{{- define "parallax-agent.podLabels" -}}
{{ include "parallax-agent.selector" . }}
app.kubernetes.io/part-of: parallax
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "parallax-agent.labels" -}}
{{ include "parallax-agent.podLabels" . }}
app.kubernetes.io/component: agent
helm.sh/chart: {{ printf "parallax-agent-%s" .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "parallax-agent.serviceAccount" -}}
{{ (.Values.serviceAccount).name | default (include "parallax-agent.name" .) }}
{{- end }}

{{- define "parallax-agent.image" -}}
{{- $image := .Values.image -}}
{{ $image.repository }}{{ if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}
