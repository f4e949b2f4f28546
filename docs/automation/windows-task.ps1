# A snapshot every hour, by the Task Scheduler of Windows, through WSL. This file is not run by our tests.
$action = New-ScheduledTaskAction -Execute "wsl.exe" `
  -Argument "--exec /usr/bin/backfill-health emit --quiet --es-url https://search.example.com:9200 --api-key-file /etc/backfill-health/api-key"

$trigger = New-ScheduledTaskTrigger -Once -At (Get-Date) -RepetitionInterval (New-TimeSpan -Hours 1)

Register-ScheduledTask -TaskName "ApplyLens-BackfillHealth" `
  -Action $action -Trigger $trigger `
  -Description "Emit backfill health metrics to Elasticsearch"
