from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        from .owned import Owned, owned
        from .serializers import ExportedSignInSerializer

        owned.append(Owned("signIns", self.get_model("SignIn"), ExportedSignInSerializer))
