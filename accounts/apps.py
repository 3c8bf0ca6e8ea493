from django.apps import AppConfig

from fitness_project.documents import registry


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from .models import SignIn
        from .serializers import ExportedSignInSerializer

        registry.entries.append(
            registry.Entry("signIns", SignIn.objects.documents, ExportedSignInSerializer.response)
        )
